console.log("another");
