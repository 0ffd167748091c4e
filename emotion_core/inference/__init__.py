"""Networks, computed in what is fastest on the machine at hand."""
