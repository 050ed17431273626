// On a narrow window the pages are a menu, which starts closed.
if (matchMedia("(max-width: 52rem)").matches) document.querySelector(".pages details").open = false;
