"""Data validation: a random draw, a second abstraction blind to the first, agreement, contest, adjudication, correction."""
