"""Benchmarks that come with Taipan: ``taipan -m taipan.bench tailcalls``."""
