setInterval(() => console.log('mail'), 1000);
