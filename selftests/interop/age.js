// SPDX-License-Identifier: GPL-2.0-or-later
//
// Opens and makes age files with the npm package age-encryption.
//
// Copyright (C) 2026 the dumpflt authors
//
// Usage: node age.js open KEYFILE FROM TO
//        node age.js seal RECIPIENT FROM TO

import { Decrypter, Encrypter } from 'age-encryption';
import { readFileSync, writeFileSync } from 'node:fs';

const [mode, key, from, to] = process.argv.slice(2);
const data = readFileSync(from);

if (mode === 'open') {
	const decrypter = new Decrypter();

	for (const line of readFileSync(key, 'utf8').split('\n'))
		if (line.startsWith('AGE-SECRET-KEY-1'))
			decrypter.addIdentity(line);
	writeFileSync(to, await decrypter.decrypt(data, 'uint8array'));
} else {
	const encrypter = new Encrypter();

	encrypter.addRecipient(key);
	writeFileSync(to, await encrypter.encrypt(data));
}
