document.querySelector("#board").textContent = "three cards on the board";
