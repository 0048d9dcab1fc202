"""How complete, timely, captured and audited each hospital's cases are, and what looks odd in them."""
