const show = () => {
  document.getElementById("time").textContent = new Date().toLocaleTimeString();
};

setInterval(show, 1000);
show();
