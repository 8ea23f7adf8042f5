const test = require('node:test');
const assert = require('node:assert');

test('two minutes', () => assert.equal(require('ms')(120000), '2m'));
