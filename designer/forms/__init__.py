"""Forms of a draft as the form builder sees them: fields by address, their settings, who reads them. Pure and total."""
