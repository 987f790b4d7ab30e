' How the add-in reaches Python: one process for buttons and functions, started by the library of xlwings.
' A formula of any open workbook can call every public function of an add-in, so only the functions for cells are
' public; everything else here is private, or a Sub, which cannot stand in a formula.
' Chinese texts stand on the sheet "texts", because VBA source is stored in one code page and has to be ASCII.
#If Win64 Then
    Private Const LIBRARY As String = "xlwings64-{version}.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings64-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#Else
    Private Const LIBRARY As String = "xlwings32-{version}.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings32-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#End If
Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal path As String) As LongPtr
Private Declare PtrSafe Function AllowSetForegroundWindow Lib "USER32" (ByVal process As Long) As Long
Private Const SHORTCUT As String = "^+e"
Private start_command As String
Private failed_at As Date
Private unlocked_as As String
Private help_tries As Long
Private ribbon As Object

Public Sub Press(ByVal id As String)
    ' Alerts are off while Python works, else Excel says every few seconds that it waits for another program; Esc would
    ' end in the debugger. Python may bring its windows to the front.
    Dim alerts As Boolean
    On Error GoTo failed
    If TypeName(Application.Caller) = "Range" Then Exit Sub
    alerts = Application.DisplayAlerts
    If ActiveWorkbook Is Nothing Then
        If InProtectedView Then
            MsgBox TextOf("protected_view"), vbInformation, TextOf("title")
            Exit Sub
        End If
        Workbooks.Add
    End If
    Application.EnableCancelKey = xlDisabled
    Application.DisplayAlerts = False
    Application.StatusBar = TextOf("working")
    AllowSetForegroundWindow -1
    XLPy.Call XLPy.Module("workbench.interfaces.addin.callbacks"), "run", XLPy.Tuple(id, Application.Hwnd, ActiveWorkbook.Name)
    Application.StatusBar = False
    Application.DisplayAlerts = alerts
    Exit Sub
failed:
    Application.StatusBar = False
    Application.DisplayAlerts = True
    MsgBox Replace(TextOf("failed"), "{folder}", FolderOf(Interpreter)) & vbCrLf & Err.Description, vbExclamation, TextOf("title")
End Sub

Private Function XLPy()
    ' A start that fails may take Excel long to notice: for a minute whoever asks next hears of it at once.
    If Now < failed_at + TimeSerial(0, 1, 0) Then Err.Raise 1000, Description:=TextOf("no_python")
    failed_at = Now
    If start_command = "" Then start_command = PythonCommand
    If 0 <> ActivateAuto(XLPy, start_command, 1) Then Err.Raise 1000, Description:=TextOf("no_python") & " " & XLPy
    failed_at = 0
End Function

Private Function PythonCommand() As String
    ' Made once in an Excel. The library keeps one Python for each different command, so no workbook's name is in it;
    ' no shell, and no folder on Python's path but its own (-P).
    Dim python As String
    python = Interpreter
    If Not Exists(python) Then Err.Raise 1000, Description:=TextOf("no_interpreter") & " " & python
    LoadXlwings FolderOf(python)
    PythonCommand = Replace("{command}", "<python>", python)
End Function

Private Sub LoadXlwings(ByVal folder As String)
    If LoadLibrary(folder & "\" & LIBRARY) = 0 Then
        If LoadLibrary(FolderOf(folder) & "\" & LIBRARY) = 0 Then Err.Raise 1000, Description:=TextOf("no_python") & " " & LIBRARY
    End If
End Sub

Private Function Interpreter() As String
    ' As "workbench addin install" wrote it; nothing of an open workbook or its folder is asked.
    Dim number As Long
    Dim key As String
    Dim value As String
    If Not Exists(Environ("USERPROFILE") & "\.{project}\{project}.conf") Then Exit Function
    number = FreeFile
    Open Environ("USERPROFILE") & "\.{project}\{project}.conf" For Input As #number
    Do While Not EOF(number)
        Input #number, key, value
        If key = "INTERPRETER_WIN" Then Interpreter = value
    Loop
    Close #number
End Function

Private Function Exists(ByVal path As String) As Boolean
    On Error Resume Next
    If path <> "" Then Exists = GetAttr(path) >= 0
End Function

Private Function FolderOf(ByVal path As String) As String
    If InStrRev(path, "\") > 0 Then FolderOf = Left(path, InStrRev(path, "\") - 1)
End Function

Private Function InProtectedView() As Boolean
    On Error Resume Next
    InProtectedView = Not Application.ActiveProtectedViewWindow Is Nothing
End Function

Private Function TextOf(ByVal key As String) As String
    Dim line As Long
    TextOf = key
    For line = 1 To 50
        If ThisWorkbook.Worksheets("texts").Cells(line, 1).Value = key Then TextOf = ThisWorkbook.Worksheets("texts").Cells(line, 2).Value
    Next line
End Function

Private Function Qualified(ByVal name As String) As String
    ' Another open workbook may have a macro of the same name.
    Qualified = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!DK_Functions." & name
End Function

Public Sub Auto_Open()
    ' While Excel starts there is no workbook, and without one it refuses help for functions: a moment later there is.
    On Error Resume Next
    Application.OnKey SHORTCUT, Qualified("NextError")
    Application.OnTime Now + TimeSerial(0, 0, 2), Qualified("RegisterHelp")
End Sub

Public Sub Auto_Close()
    On Error Resume Next
    Application.OnKey SHORTCUT
End Sub

Public Sub NextError()
    Press "next_error"
End Sub

Public Sub Undo_clear_marks()
    Press "clear_marks"
End Sub

Public Sub Undo_fix_undo()
    Press "fix_undo"
End Sub

Public Sub RibbonLoaded(ui As IRibbonUI)
    Set ribbon = ui
End Sub

Public Sub LabelOf(control As IRibbonControl, ByRef label)
    label = TextOf("unlock")
    If unlocked_as <> "" Then label = Replace(TextOf("unlocked"), "{user}", unlocked_as)
End Sub

Public Sub EnabledOf(control As IRibbonControl, ByRef enabled)
    enabled = unlocked_as <> ""
End Sub

Public Sub ShowState(ByVal user As String)
    ' Python says who has the register unlocked ("" for nobody), after each change of it and of the register.
    On Error Resume Next
    unlocked_as = user
    If Not ribbon Is Nothing Then
        ribbon.InvalidateControl "unlock"
        ribbon.InvalidateControl "lock"
    End If
    Application.OnTime Now, Qualified("Recalculate")
End Sub

Public Sub Recalculate()
    ' What cells show of the register is asked anew, where a formula of ours stands in an open workbook.
    Dim book As Workbook
    Dim sheet As Worksheet
    On Error Resume Next
    For Each book In Workbooks
        For Each sheet In book.Worksheets
            If Not book Is ThisWorkbook Then
                If Not sheet.UsedRange.Find(What:="DK_", LookIn:=xlFormulas, LookAt:=xlPart) Is Nothing Then
                    Application.CalculateFull
                    Exit Sub
                End If
            End If
        Next sheet
    Next book
End Sub

Public Sub RegisterHelp()
    ' Descriptions of the functions for the function wizard: rows "function" of the sheet "texts".
    Dim line As Long
    Dim last As Long
    Dim place As Long
    Dim helps() As String
    On Error Resume Next
    If ActiveWorkbook Is Nothing Then
        help_tries = help_tries + 1
        If help_tries < 20 Then Application.OnTime Now + TimeSerial(0, 0, 15), Qualified("RegisterHelp")
        Exit Sub
    End If
    With ThisWorkbook.Worksheets("texts")
        line = 1
        Do While .Cells(line, 1).Value <> ""
            If .Cells(line, 1).Value = "function" Then
                last = 4
                Do While .Cells(line, last + 1).Value <> ""
                    last = last + 1
                Loop
                If last > 4 Then
                    ReDim helps(1 To last - 4)
                    For place = 1 To last - 4
                        helps(place) = .Cells(line, place + 4).Value
                    Next place
                    Application.MacroOptions Macro:=Qualified(.Cells(line, 2).Value), Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value, ArgumentDescriptions:=helps
                Else
                    Application.MacroOptions Macro:=Qualified(.Cells(line, 2).Value), Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value
                End If
            End If
            line = line + 1
        Loop
    End With
End Sub

