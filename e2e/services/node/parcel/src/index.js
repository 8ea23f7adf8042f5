document.querySelector("h1").addEventListener("click", (event) => {
  event.target.textContent += " o";
});
