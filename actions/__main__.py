"""`python -m actions`."""

import sys

if __name__ == "__main__":  # the SDK imports every module of this package to find the actions
    from knowledge.environment import SettingError
    from knowledge.telemetry import logs

    try:
        logs.configure("actions")  # before the import of libraries that warn while they are imported
        from actions.server import main

        main()
    except SettingError as error:
        sys.exit(str(error))
