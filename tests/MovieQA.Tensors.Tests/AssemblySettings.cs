// The live-tensor count is of the whole process: tests that compare it must not overlap.
[assembly: NonParallelizable]
