"""One room per outside system; none knows another."""
