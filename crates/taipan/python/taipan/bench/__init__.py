"""Measurements that Taipan makes of itself: python -m taipan.bench <subject>.

Each subject is a module of this package with

    HELP               one line for the list of subjects
    add_arguments(p)   its arguments, for an argparse parser
    main(arguments)    the measurement; returns the exit code

taipan.bench.report draws progress bars, tables and charts.
"""

SUBJECTS = ("engines", "tailcalls")
