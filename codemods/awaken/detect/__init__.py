"""Detect: catalogue calls that stand where a coroutine runs, each as a finding with its evidence."""
