from reel import main

main()
