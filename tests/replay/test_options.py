"""The options of `make replay`, good and bad."""

from datetime import date

import pytest

from tools.replay.__main__ import parse


class TestParse:
    def test_reads_all_of_them(self) -> None:
        options = parse(
            ["--baskets", "3000", "--from", "2017-03-01", "--to", "2017-03-31", "--verify"]
        )
        assert (options.baskets, options.verify) == (3000, True)
        assert (options.first, options.last) == (date(2017, 3, 1), date(2017, 3, 31))

    def test_the_whole_year_by_default(self) -> None:
        options = parse([])
        assert (options.baskets, options.first, options.last, options.verify) == (
            *(None, None, None),
            False,
        )

    @pytest.mark.parametrize(
        ("argv", "problem"),
        [
            (["--baskets", "0"], "0 is not a number of at least 1"),
            (["--baskets", "-3"], "-3 is not a number of at least 1"),
            (["--batch", "501"], "--batch is at most 500"),
            (["--from", "2017-02-30"], "2017-02-30 is not a date like 2017-03-31"),
            (["--from", "2017-04-01", "--to", "2017-03-01"], "--from is after --to"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, argv: list[str], problem: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            parse(argv)
        assert problem in capsys.readouterr().err
