[inputs: ["{mix,.formatter}.exs", "{lib,test,bench,phoenix}/**/*.{ex,exs}"], line_length: 120]
