"""The command line for operators: `ting user`, `ting invite`, `ting audit`. One module for each."""
