"""Who may use the emulator: whoever signs with a key of this start, and nobody else.

MiniStack takes every request with the key `test`, a number of twelve digits, or no key at all for its root user's, without
a look at the signature; it answers unsigned requests to its own pages, resets itself on a POST, and lets every web page
read its answers. So each request is judged here, before MiniStack sees it. These modules are no fidelity: they hold
for the unpatched MiniStack of the tests too.
"""
