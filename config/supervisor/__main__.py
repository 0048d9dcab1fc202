import sys

from config.supervisor.main import main


sys.exit(main(sys.argv[1:]))
