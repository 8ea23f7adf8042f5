import test from 'node:test';
import assert from 'node:assert';
import { price } from './price.js';

test('ink has a price', () => assert.equal(price('ink'), 450));
