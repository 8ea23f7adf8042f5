const test = require('node:test');
const assert = require('node:assert');

test('there is a router', () => assert.equal(typeof require('../routes/orders'), 'function'));
