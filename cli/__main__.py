"""`python -m cli`: the command without its installed script."""

from cli import main

main(prog_name="rollcall")
