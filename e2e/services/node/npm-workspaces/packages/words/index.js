module.exports = (n) => 'a desk for ' + require('ms')(n);
