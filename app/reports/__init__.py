"""Reports: what one is made of, how it is asked for and built. The formats are in app/exports."""
