"""Trains and measures the classifier; needs scikit-learn, which nothing that is deployed does."""
