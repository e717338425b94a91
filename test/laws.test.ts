import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChainruleError, grad, ShapeError } from "@chainrule/core";
import { registry } from "@chainrule/core/registry";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFloat } from "../packages/core/src/dtype.ts";
import { ElementwiseOp } from "../packages/core/src/families/elementwise.ts";
import * as ops from "../packages/core/src/ops/index.ts";
import { caseCode, law } from "./support/law.ts";
import { anyShape, cases, type Data, dataOf, each, inputsOf, make, type Named } from "./support/sample.ts";

const elementwise = cases.filter((of) => of.op instanceof ElementwiseOp);
const outcome = (f: () => { shape?: readonly number[] } | readonly number[]): string => {
  try {
    const result = f();
    return JSON.stringify("shape" in result ? result.shape : result);
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    return `${error.name}: ${error.message}`;
  }
};

describe("nothing escapes the laws", () => {
  test("every function of ops/index.ts is in the registry, with a shape rule", () => {
    const functions = Object.entries(ops).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    expect(Object.keys(registry).sort()).toEqual(functions.sort());
    expect(Object.entries(registry).filter(([, list]) => !list.some((of) => of.rule))).toEqual([]);
  });

  test("every operation that core defines is in the registry", () => {
    const source = join(import.meta.dirname, "../packages/core/src");
    const code = ["ops", "families"]
      .flatMap((folder) => readdirSync(join(source, folder)).map((file) => join(source, folder, file)))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const names = [...code.matchAll(/\bname: "(\w+)"|\b(?:extreme|position)\("(\w+)"/g)].map((m) => m[1] ?? m[2]!);
    const known = cases.flatMap(({ op }) => (op === undefined ? [] : [op.name]));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test("every case has a domain for each input", () => {
    expect(cases.filter((of) => of.domain.length !== of.shapes.length).map((of) => of.name)).toEqual([]);
  });
});

describe("the shape of the result is what the shape rule says", () => {
  test.each(each(cases.filter((of) => of.rule)))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const result = of.call(...data.map((x) => make(x)));
        expect(result.shape).toEqual(of.rule!(...data.map((x) => [...x.shape])));
        expect(result.size).toBe(result.toTypedArray().length);
      },
      (data) => caseCode(of, data, "console.log(f(...inputs).shape);"),
    );
  });
});

describe("shapes that do not fit fail in the shape rule and at run time with the same words", () => {
  const ruled = [
    ...elementwise,
    ...cases.filter(({ name }) =>
      /^(matmul|dot|outer|stack|concat|mm|mv|bmm|addmm|addmv|baddbmm|inner|kron|tensordot|einsum)\b/.test(name),
    ),
  ];
  test.each(each(ruled.filter((of) => of.rule && of.shapes.length > 1)))("%s", (_, of) => {
    const conditions = of.op instanceof ElementwiseOp ? of.op.conditions : 0;
    const inputs = fc
      .tuple(...of.shapes.map(() => anyShape))
      .chain((shapes) => fc.tuple(...shapes.map((shape, i) => dataOf(shape, of.domain[i]!))))
      .map((list): Data[] => list.map((x, i) => (i < conditions ? { ...x, dtype: "bool" } : x)));
    law(
      inputs,
      (data) => {
        const ruled = outcome(() => of.rule!(...data.map((x) => [...x.shape])));
        expect(outcome(() => of.call(...data.map((x) => make(x))))).toBe(ruled);
      },
      (data) => caseCode(of, data, "console.log(f(...inputs).shape);"),
    );
  });
});

const DTYPES = ["bool", "int32", "float32", "float64"] as const;
type Dtype = (typeof DTYPES)[number];
const wider = (a: Dtype, b: Dtype): Dtype => (DTYPES.indexOf(a) > DTYPES.indexOf(b) ? a : b);
const atLeast = (low: Dtype, dtype: Dtype): Dtype => wider(low, dtype);
const floating = (dtype: Dtype): Dtype => (isFloat(dtype) ? dtype : "float64");
const typed = (x: Data, dtype: Dtype): Data => ({
  ...x,
  values: x.values.map((v) => (dtype === "bool" ? Number(v > 0) : dtype === "int32" ? Math.round(v) : v)),
  dtype: dtype === "float64" ? undefined : dtype,
});

describe("dtypes of elementwise operations", () => {
  test.each(each(elementwise))("%s", (_, of) => {
    const op = of.op as ElementwiseOp;
    const dtypes = fc.tuple(
      ...of.shapes.map((_, i) => fc.constantFrom(...(i < op.conditions ? ["bool" as const] : DTYPES))),
    );
    law(
      fc.tuple(inputsOf(of), dtypes).map(([data, list]) => data.map((x, i) => typed(x, list[i]!))),
      (data) => {
        const inputs = data.map((x) => make(x));
        const common = inputs.slice(op.conditions).map((x) => x.dtype).reduce(wider); // prettier-ignore
        const wanted = {
          bool: "bool",
          float: floating(common),
          same: op.conditions > 0 ? common : atLeast("int32", common),
        } as const;
        expect(of.call(...inputs).dtype).toBe(wanted[op.result]);
        checkGradientDtypes(of, data);
      },
      (data) => caseCode(of, data, "console.log(f(...inputs).dtype);"),
    );
  });

  test.each(each(elementwise.filter((of) => of.shapes.length === 2)))(
    "%s: a number takes the dtype of the tensor",
    (_, of) => {
      const op = of.op as ElementwiseOp;
      for (const dtype of DTYPES.slice(1)) {
        const x = make({ shape: [2], values: [1, 2], dtype: dtype === "float64" ? undefined : dtype });
        const wanted = op.result === "bool" ? "bool" : op.result === "float" ? floating(dtype) : dtype;
        expect(of.call(x, 1 as never).dtype).toBe(wanted);
        expect(of.call(1 as never, x).dtype).toBe(wanted);
      }
    },
  );
});

describe("dtypes of the others", () => {
  const of = (names: string, rule: (dtype: Dtype) => Dtype) => Object.fromEntries(names.split(" ").map((name) => [name, rule])); // prettier-ignore
  const RULES: Record<string, (dtype: Dtype) => Dtype> = {
    ...of("sum prod cumsum matmul dot outer linear bilinear", (dtype) => atLeast("int32", dtype)),
    ...of("addmm addmv baddbmm bmm einsum inner kron mm mv tensordot", (dtype) => atLeast("int32", dtype)),
    ...of("cholesky det inverse slogdet solve solveTriangular", floating),
    ...of("mean variance std norm softmax logSoftmax logSumExp", floating),
    ...of("argmax argmin argsort countNonzero", () => "int32"),
    ...of("all any isClose", () => "bool"),
    ...of("cumprod diff nansum trace", (dtype) => atLeast("int32", dtype)),
    ...of("logcumsumexp stdMean varMean vectorNorm", floating),
    ...of("amax amin aminmax at cat chunk cummax cummin diag diagonal expand indexAdd indexCopy indexFill indexPut maskedSelect median", (dtype) => dtype), // prettier-ignore
    ...of(
      "movedim msort narrow ravel repeat repeatInterleave roll rot90 scatter scatterAdd sort swapaxes take",
      (dtype) => dtype,
    ),
    ...of("takeAlongDim tile topk unbind unflatten", (dtype) => dtype),
    ...of("hardtanh relu6", (dtype) => (dtype === "bool" ? "float64" : dtype)),
    ...of("cast", () => "float64"),
    ...of("broadcastTo clone concat flatten flip gather indexSelect max min pad permute reshape select slice split squeeze stack", (dtype) => dtype), // prettier-ignore
    ...of("transpose tril triu unsqueeze", (dtype) => dtype),
  };
  test.each(each(cases.filter((of) => of.op === undefined)))("%s", (_, of) => {
    // What is put together from others may refuse integers, or make them floating; floating tensors stay what they are.
    const rule = RULES[of.name.split(",")[0]!];
    const dtypes = fc.constantFrom(...DTYPES.filter((dtype) => rule !== undefined || isFloat(dtype)));
    law(
      fc.tuple(inputsOf(of, true), dtypes).map(([data, dtype]) => data.map((x) => typed(x, dtype))),
      (data) => {
        const result = of.call(...data.map((x) => make(x)));
        const dtype = data[0]!.dtype ?? "float64";
        expect(result.dtype).toBe(rule === undefined ? dtype : rule(dtype));
        if (result.dtype === "bool") for (const bit of result.toTypedArray()) expect([0, 1]).toContain(bit);
        checkGradientDtypes(of, data);
      },
      (data) => caseCode(of, data, "console.log(f(...inputs).dtype);"),
      8,
    );
  });

  test.each(each(cases.filter((of) => of.op === undefined && of.shapes.length > 1)))(
    "%s: of several, the widest",
    (_, of) => {
      const inputs = of.shapes.map((shape, i) =>
        make(
          typed(
            { shape, values: new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1) },
            i === 0 ? "float32" : i === 1 ? "float64" : "int32",
          ),
        ),
      );
      expect(of.call(...inputs).dtype).toBe("float64");
      expect(of.call(...inputs.toReversed().slice(-1), ...inputs.slice(1)).dtype).toBe("float64");
    },
  );
});

/** Gradients have the dtype of their inputs, whatever the result's. */
function checkGradientDtypes(of: Named, data: readonly Data[]): void {
  const inputs = data.map((x) => make(x, isFloat(x.dtype ?? "float64")));
  const result = of.call(...inputs);
  const wanting = inputs.filter((x) => x.requiresGrad);
  if (!result.requiresGrad) return;
  const gradients = grad(result, wanting, { cotangent: result.detach() });
  gradients.forEach((gradient, i) => {
    expect([gradient.dtype, gradient.shape]).toEqual([wanting[i]!.dtype, wanting[i]!.shape]);
  });
}

test("a wrong rank is a ShapeError", () => {
  expect(() => ops.broadcastTo(make({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }), [3])).toThrow(ShapeError);
});
