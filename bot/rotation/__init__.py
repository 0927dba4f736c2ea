"""Who reviews what, and why: eligibility, the optimum, its explanation, its repair."""
