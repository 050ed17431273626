// The player of a recording. Its facts stand in the page: see Routes.swift.
export const facts = JSON.parse(document.getElementById("reel").textContent);
