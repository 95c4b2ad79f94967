// Every row of the table of Win32 behaviour, once. What each says is in crates/coview-memory/tests/conformance/rows.
#ifndef ROWS_H
#define ROWS_H

// A row's test, in the file of its section.
#define ROW(id) void row_##id(void)

// row(id): there is a test. nothing(id, why): there is none.
#define ROWS(row, nothing) \
    row(A01) row(A02) row(A03) row(A04) row(A05) row(A06) row(A07) row(A08) row(A09) row(A10) row(A11) \
    row(A12) row(A13) row(A14) row(A15) row(A16) row(A17) row(A18) row(A19) row(A20) row(A21) row(A22) \
    row(A23) row(A24) row(A25) row(A26) row(A27) row(A28) row(A29) row(A30) row(A31) row(A32) row(A33) \
    row(A34) row(A35) \
    row(B01) row(B02) row(B03) row(B04) row(B05) row(B06) row(B07) row(B08) row(B09) row(B10) row(B11) \
    row(B12) row(B13) row(B14) row(B15) row(B16) row(B17) row(B18) row(B19) row(B20) row(B21) row(B22) \
    row(B23) row(B24) row(B25) row(B26) row(B27) row(B28) \
    row(C01) row(C02) row(C03) row(C04) row(C05) row(C06) \
    nothing(C07, "no documented function of Win32 asks for it") \
    row(D01) row(D02) row(D03) row(D04) row(D05) row(D06) row(D07) row(D08) row(D09) row(D10) row(D11) \
    row(D12) row(D13) row(D14) row(D15) row(D16) row(D17) row(D18) row(D19) row(D20) row(D21) row(D22) \
    row(D23) row(D24) row(D25) row(D26) \
    nothing(D27, "one machine, and no promise") \
    nothing(D28, "needs a broken disk") \
    row(E01) row(E02) row(E03) row(E04) row(E05) row(E06) row(E07) row(E08) row(E09) row(E10) \
    row(F01) row(F02) row(F03) \
    row(G01) row(G02) row(G03) row(G04) row(G05) row(G06) row(G07) \
    nothing(G08, "allowed, not promised") \
    row(G09) \
    nothing(G10, "on Windows it is tried again; elsewhere unknown") \
    row(H01) row(H02) row(H03) row(H04) row(H05) row(H06) row(H07) row(H08) \
    row(I01) row(I02) row(I03) row(I04) row(I05) row(I06) row(I07) row(I08) row(I09) row(I10) \
    row(J01) row(J02) row(J03) row(J04) row(J05) row(J06) row(J07)

#define DECLARE(id) ROW(id);
#define DECLARE_NOT(id, why)
ROWS(DECLARE, DECLARE_NOT)

#endif
