/** The little of jstat that is used here; the package ships no types. */
declare module "jstat" {
  interface StudentT {
    /** quantile of Student's t */
    inv(probability: number, degreesOfFreedom: number): number;
  }
  const jStat: { readonly studentt: StudentT };
  export default jStat;
}
