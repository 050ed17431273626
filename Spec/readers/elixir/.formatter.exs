[inputs: ["*.{ex,exs}"], line_length: 120]
