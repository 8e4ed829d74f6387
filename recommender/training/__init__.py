"""Fitting a model and keeping it: the job, the artefacts, the calibration of likes."""
