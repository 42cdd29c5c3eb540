"""Charts, drawn on the server as SVG elements that stand in a page.

Their lengths across are shares of the width, and their type has the page's size, so that one drawing is
legible on a phone, on a desk and on paper. They carry classes and no colours, which stand in
``static/story.css``. Whoever shows one shows the same data as a table beside it.
"""
