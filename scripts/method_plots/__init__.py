"""The plots of docs/methods, one function for each; scripts/draw_method_plots.py writes them."""
