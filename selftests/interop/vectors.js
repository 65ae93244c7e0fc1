// SPDX-License-Identifier: GPL-2.0-or-later
//
// Unpacks the public test vectors of the age format (npm package cctv-age) that need
// neither a passphrase, nor armor, nor a hybrid key.
//
// Copyright (C) 2026 the dumpflt authors
//
// Usage: node vectors.js FOLDER
//
// Into FOLDER/NAME.age and FOLDER/NAME.key; prints NAME, the SHA-256 of the payload or -,
// and what is expected.

import * as vectors from 'cctv-age';
import { writeFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const folder = process.argv[2];
// of a vector without a key: one that opens nothing
const other = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX';

for (const [name, vector] of Object.entries(vectors)) {
	const data = Buffer.from(vector);
	const end = data.indexOf('\n\n');
	const fields = data.subarray(0, end).toString().split('\n');
	const all = (key) => fields.filter((f) => f.startsWith(key + ': ')).map((f) => f.slice(key.length + 2));
	const keys = all('identity');
	let file = data.subarray(end + 2);

	if (all('armored').length || all('passphrase').length || keys.some((k) => !k.startsWith('AGE-SECRET-KEY-1')))
		continue;
	if (all('compressed').length)
		file = inflateSync(file);
	writeFileSync(`${folder}/${name}.age`, file);
	writeFileSync(`${folder}/${name}.key`, [...keys, ...(keys.length ? [] : [other]), ''].join('\n'), { mode: 0o600 });
	console.log(name, all('payload')[0] ?? '-', all('expect')[0]);
}
