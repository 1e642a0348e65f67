"""Sends requests to the bookshop and writes down what each did; runs under any Django."""
