// The two dates, with scripts: see templates/when.html.
