"""Simulation and tests of a definition: requests run by `advance` itself, among given people, on a given clock. Pure.

A script says what is done; its turns say what came of it. The tests of a definition are scripts that expect something.
"""
