console.log("another service");
