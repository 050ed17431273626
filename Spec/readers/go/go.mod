module reel

go 1.19
