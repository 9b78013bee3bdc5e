/** The charting library as it is served beside the client modules. */
import uPlot from "uplot";

export default uPlot;
