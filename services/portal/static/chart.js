// Draws #chart from the integers in #chart-data. Amounts stay fen until they are text.
"use strict";

let chart = null;
let drawn = "";

const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function yuan(fen) {
  const size = Math.abs(fen);
  const text = `¥${group(String(Math.floor(size / 100)))}.${String(size % 100).padStart(2, "0")}`;
  return fen < 0 ? `-${text}` : text;
}

function axisYuan(fen, unit) {
  const [name, size] = unit === "万" ? ["万", 1000000] : ["k", 100000];
  if (Math.abs(fen) >= size) return `${Number((fen / size).toFixed(1))}${name}`;
  return group(String(Math.round(fen / 100)));
}

function option(data, words) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const palette = [1, 2, 3, 4, 5, 6, 7].map((n) => color(`--chart-${n}`));
  // Braces and bars are markup in rich text.
  const plain = (text) => text.replace(/[{}|]/g, " ");
  const days = data.days.map((day) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}`);
  const total = (index) => data.series.reduce((sum, series) => sum + series.revenue_fen[index], 0);
  return {
    animationDuration: 300,
    animationDurationUpdate: 300,
    textStyle: { fontFamily: font },
    color: palette,
    grid: { left: 8, right: 8, top: 44, bottom: 4, outerBoundsMode: "same" },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 18,
      type: "scroll", textStyle: { color: color("--muted"), fontSize: 13 } },
    // Rich text is drawn on the canvas: the page's security policy allows no inline style.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true,
      axisPointer: { type: "shadow", shadowStyle: { color: color("--hover") } },
      backgroundColor: color("--card"), borderColor: color("--line"), padding: [10, 14],
      textStyle: { color: color("--ink"), fontFamily: font, fontSize: 13, lineHeight: 22 },
      formatter: (items) => {
        const index = items[0].dataIndex;
        const rows = items.filter((item) => item.value !== 0).reverse()
          .map((item) => `${item.marker}${plain(item.seriesName)}  ${yuan(item.value)}`);
        return [data.days[index], ...rows, `${words.total}  ${yuan(total(index))}`].join("\n");
      } },
    xAxis: { type: "category", data: days, axisTick: { show: false },
      axisLine: { lineStyle: { color: color("--line") } },
      axisLabel: { color: color("--muted"), fontSize: 12, hideOverlap: true } },
    yAxis: { type: "value", splitNumber: 4, splitLine: { lineStyle: { color: color("--line") } },
      axisLabel: { color: color("--muted"), fontSize: 12,
        formatter: (fen) => axisYuan(fen, words.unit) } },
    series: data.series.map((series) => ({
      name: series.name || words.rest, type: "bar", stack: "revenue", barMaxWidth: 34,
      data: series.revenue_fen, emphasis: { disabled: true },
    })),
  };
}

function drawChart(again = false) {
  const place = document.getElementById("chart");
  const source = document.getElementById("chart-data");
  if (!place || !source || typeof echarts === "undefined") return;
  const words = source.dataset;
  const data = JSON.parse(words.chart);
  // Nothing to draw: the page says so beside it. The place itself is never replaced by a refresh.
  place.hidden = data.series.length === 0;
  if (place.hidden) return;
  if (chart && chart.getDom() !== place) {
    chart.dispose();
    chart = null;
  }
  if (chart && drawn === words.chart && !again) return;
  chart ??= echarts.init(place);
  drawn = words.chart;
  chart.resize();
  chart.setOption(option(data, words), { replaceMerge: ["series"] });
}

window.addEventListener("resize", () => chart?.resize());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawChart(true));
