"""How any Yika service runs: settings, logs, RPC, storage, events. Holds no retail word."""
