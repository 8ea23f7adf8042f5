// Package jenkins speaks to Jenkins controllers: Client makes, starts, finds,
// follows and stops what Jenkins calls jobs and builds.
//
// It stands on gojenkins v1.2.0 with a requester of its own below: every
// request has an end, every status is looked at, every path is escaped and
// every answer has a size. What cannot be made safe from there is not called,
// and its endpoint is asked by the same requester instead:
//
//   - BuildJob, InvokeSimple, Invoke ask first whether the job is queued and
//     then do nothing, and say so to nobody. See Client.Trigger.
//   - GetBuildFromQueueID, Task: wait for ever for an item that was cancelled
//     or forgotten, which the library's Task cannot tell. See Client.Resolve.
//   - Build.Stop, IsRunning, GetConsoleOutput take an outage for an end, or
//     for an empty log. See Client.Stop, Client.Run, Client.ConsoleText.
//   - GetBuild cuts the address that it was given out of one that the
//     controller made up. See Client.Run, which uses names and numbers only.
//   - GetConsoleOutputFromIndex reads whatever comes. See Client.ConsoleText.
//   - CreateFolder, DeleteJob, Rename and all that takes a bare name put it
//     into a path as it is; the requester refuses what that may lead to.
//   - Init writes loggers of the whole package while others read them.
//   - Job.Poll, GetJob, GetQueue ask for everything that there is; the
//     requester makes them ask for a few fields.
package jenkins
