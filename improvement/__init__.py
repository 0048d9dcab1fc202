"""What is done about results: action plans, bright spots, practices and adoption, mentoring, the performance index."""
