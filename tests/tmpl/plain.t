//@ params
$ and $x, { }, // @ and /* //# here */ are text.

	int x = a[1] % 3;
//# expect
$ and $x, { }, // @ and /* //# here */ are text.

	int x = a[1] % 3;
