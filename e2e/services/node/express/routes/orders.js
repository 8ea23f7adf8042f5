const router = require('express').Router();

router.get('/', (req, res) => res.json([{ id: 1, what: 'two pots of ink' }]));

module.exports = router;
